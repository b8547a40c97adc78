"""Pure arithmetic with its sources: instalments, due dates, allocation of repayments, postings."""
