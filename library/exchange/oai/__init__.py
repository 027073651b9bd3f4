"""OAI-PMH 2.0: the catalogue of public documents, for those who harvest catalogues.

http://www.openarchives.org/OAI/openarchivesprotocol.html (version of 2015-01-08). One format,
`oai_dc`; one set a type of resource; what ceased to be public is *deleted*, for ever.
"""

from library.exchange.oai.answers import answer

__all__ = ["answer"]
