"""*Verificar constancia*: pages for whoever holds a receipt."""
