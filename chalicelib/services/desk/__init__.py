"""What officers do at the desk (*mesa de partes*) for people who come in person or on paper."""
