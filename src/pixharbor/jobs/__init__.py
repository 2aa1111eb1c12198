"""Jobs: long work seen from outside, and the tasks that workers claim."""
