"""DynamoDB through PynamoDB: the tables, then one store a noun; stores return domain objects."""
