"""What the office tells of its work: the quarter, tables to take away, the survey, who has how much to do."""
