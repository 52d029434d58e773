"""Reading the public price lists of providers."""
