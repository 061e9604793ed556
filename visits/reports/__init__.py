"""Figures and what stands behind them. Every number here is counted from the rows that its page lists."""
