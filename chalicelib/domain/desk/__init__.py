"""What officers do at the desk."""
