"""Fitting the coefficients of the laws to measured steps of training."""
