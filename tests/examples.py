"""Half as many examples, for properties of which the others execute nothing new.

Of a hundred examples of each, the last one that executed a new pair of lines was one of the first 33.
"""

from hypothesis import settings

half_as_many = settings(max_examples=settings().max_examples // 2)
