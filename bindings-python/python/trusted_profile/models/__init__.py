"""What bodies and answers of operations hold, for annotations: a module for each service, such as ``models.vpc``.

Answers are plain dictionaries, in which a key may be missing that a class has, and others may be that it does not
have. Bodies are plain dictionaries as well: a class says which keys there are, and which a request cannot do without.
Texts with known values are ``str``, since services know more of them. No program needs these modules to run, and it
takes time to import them.
"""
