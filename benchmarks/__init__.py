"""What windtunnel measures of itself: accuracy, speed, memory."""
