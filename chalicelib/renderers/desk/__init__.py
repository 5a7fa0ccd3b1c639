"""What the desk prints and sends."""
