"""The filing window (*ventanilla virtual*): the catalogue of procedures, and what holders file with an institution."""
