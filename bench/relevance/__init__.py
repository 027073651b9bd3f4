"""What the search is judged on: a corpus written for it, queries, and how well each thing answers.

corpus     2,000 documents made from the sentences of topics/, strays.toml and needles.toml
judgements the queries of queries.toml, and the grade of anything found
loading    both, and the demonstration community, into a database
gain       nDCG
"""
