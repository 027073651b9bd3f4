"""Finding sheets and setting them side by side: filters, map, comparison, gaps, matches."""
