"""Tokens for the requests of other libraries. Each module imports its library; nothing else does.

``adapters.requests``
    ``session.auth = TrustedProfileAuth(tokens, ["https://us-south.iaas.cloud.ibm.com"])``
``adapters.httpx``
    ``httpx.AsyncClient(auth=TrustedProfileAuth(tokens, [...]))``, and the same for ``httpx.Client``.
``adapters.ibm_cloud_sdk_core``
    ``VpcV1(authenticator=TrustedProfileAuthenticator(tokens, [...]))``, and so for all clients of IBM's Python core.
``adapters.ibm_boto3``
    ``session(tokens, [...]).client("s3", endpoint_url=...)`` for Cloud Object Storage.

All of them take the origins that may see a token, since whoever holds it can act as the program: exact in scheme,
host and port; https, or http to this machine; no patterns; never a link-local address; at least one. A request that
the program itself sends elsewhere is an ``InvalidArgumentError`` before anything is sent: without its token it would
bring a 401 that explains nothing. A *redirect* to another origin is followed without the token, if the library
follows redirects, since the program did not choose it.

Proxies are the library's business: requests with https pass through them unread; for http to this machine see to
``NO_PROXY``, or the proxy gets to see the token.

On a 401 they drop the token that was refused, and try once more if there is a newer one. On a 403 they do nothing:
the token is fine, and the identity lacks a right.
"""
