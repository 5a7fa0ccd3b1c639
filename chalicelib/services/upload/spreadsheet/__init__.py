"""What is judged inside a spreadsheet: parts, formulas, links, pictures."""
