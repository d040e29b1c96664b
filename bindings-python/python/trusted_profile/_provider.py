"""The provider: a constructor for each source, and the calls for tokens."""

from __future__ import annotations

from . import _native, _process
from ._doctor import Report
from ._error import invalid
from ._native import AccessToken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self, Unpack

    from ._driver import Driver
    from ._transport import Transports
    from .types import Common, Event, Options, TokenCallback, Transport


class TokenProvider(_native.Provider):
    """Gives out IAM access tokens, and fetches and refreshes them as needed. Share one between threads and tasks.

    There is a constructor for each source. All of them take, by keyword:

    ``policy``
        Times in seconds, numbers of attempts and expectations, by the names in ``docs/policy.md``, such as
        ``{"wait_until_ready": 300, "expected_account_id": "..."}``.
    ``ca_bundle``
        A PEM file with further trusted roots, beside the system's.
    ``private_proxy``
        A proxy for the private endpoints, which take none from the environment.
    ``transport``
        ``"native"``, ``"python"`` (the standard library; the default where gevent or eventlet have patched
        it, threads included), or a function from :class:`trusted_profile.sansio.Exchange` to ``Response``.
    ``on_event``
        Called with what happens to tokens, one at a time and in order, by whichever thread reports it.

    A fork is fine at any moment: tokens stay, and the child fetches for itself what was under way. Programs
    that end while a token is fetched end cleanly. A provider cannot be pickled.
    """

    def __init__(
        self,
        source: Options | None = None,
        *,
        service: str | None = None,
        callback: TokenCallback | None = None,
        policy: Options | None = None,
        ca_bundle: str | PathLike[str] | None = None,
        private_proxy: str | None = None,
        transport: Transport | None = None,
        on_event: Callable[[Event], object] | None = None,
    ) -> None:
        """A provider for the options of a source by their IBM names, of which ``source`` names the kind.

        :raises InvalidArgumentError: names the option that cannot be used.
        """
        self._callback = callback

        def choose_transports() -> Transports:
            from ._transport import Transports

            return Transports(transport, ca_bundle, private_proxy)

        # Not the address itself, which may hold a password: attributes are shown by debuggers and dumps.
        self._choose_transports = choose_transports
        self._on_event = on_event
        self._driver_made: Driver | None = None
        self._is_closed = False
        for name, function in (("callback", callback), ("on_event", on_event)):
            if function is not None and not callable(function):
                raise invalid(f"{name}: expected a function, got {type(function).__name__}")
        if callback is None and _is_external(source):
            raise invalid("source: external needs its callback: use TokenProvider.external")
        if isinstance(transport, str) and transport not in ("native", "python"):
            raise invalid(f'transport: expected "native", "python" or a function, got {transport!r}')
        if transport is not None and not isinstance(transport, str) and not callable(transport):
            raise invalid(f'transport: expected "native", "python" or a function, got {type(transport).__name__}')

    # The constructors, one for each source.

    @classmethod
    def vpc_instance(
        cls,
        *,
        profile_id: str | None = None,
        profile_crn: str | None = None,
        profile_name: str | None = None,
        endpoint: str | None = None,
        protocol: str | None = None,
        version: str | None = None,
        identity_token_expires_in: int | None = None,
        **common: Unpack[Common],
    ) -> Self:
        """On a VPC instance: the metadata service vouches for the machine.

        :param profile_id: the trusted profile; without one, the instance's default trusted profile is taken.
        :param profile_crn: the same by CRN.
        :param profile_name: the same by name.
        :param endpoint: another address of the metadata service.
        :param protocol: ``auto``, ``http`` or ``https``.
        :param version: the version date of the metadata service, ``YYYY-MM-DD``.
        :param identity_token_expires_in: the life of the identity token, 5 to 3600 seconds.
        """
        return cls(_options("vpc_instance", locals()), **common)

    @classmethod
    def bare_metal(
        cls,
        *,
        profile_id: str | None = None,
        profile_crn: str | None = None,
        profile_name: str | None = None,
        endpoint: str | None = None,
        protocol: str | None = None,
        version: str | None = None,
        identity_token_expires_in: int | None = None,
        **common: Unpack[Common],
    ) -> Self:
        """On a bare metal server. The options are those of :meth:`vpc_instance`."""
        return cls(_options("bare_metal", locals()), **common)

    @classmethod
    def container(
        cls,
        *,
        profile_id: str | None = None,
        profile_crn: str | None = None,
        profile_name: str | None = None,
        cr_token_file: str | PathLike[str] | None = None,
        cr_token: str | None = None,
        endpoint: str | None = None,
        scope: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        **common: Unpack[Common],
    ) -> Self:
        """In a pod or Code Engine: a compute resource token from a file, exchanged with IAM.

        :param profile_id: the trusted profile; one of ``profile_id``, ``profile_crn`` and ``profile_name`` has to be given.
        :param profile_crn: the same by CRN.
        :param profile_name: the same by name.
        :param cr_token_file: the token's file, instead of the usual places. It is read for every exchange.
        :param cr_token: the token itself, instead of a file; it is not renewed.
        :param endpoint: where IAM is: ``public``, ``private``, ``private(<region>)`` or an address.
        :param scope: scopes, separated by blanks. Rarely needed.
        :param client_id: a client registered with IAM. Rarely needed.
        :param client_secret: its secret.
        """
        return cls(_options("container", locals()), **common)

    @classmethod
    def api_key(
        cls,
        api_key: str,
        *,
        endpoint: str | None = None,
        scope: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        **common: Unpack[Common],
    ) -> Self:
        """Anywhere else: an API key. The other options are those of :meth:`container`."""
        return cls(_options("api_key", locals()), **common)

    @classmethod
    def assume(
        cls,
        base: Options,
        *,
        profile_id: str | None = None,
        profile_crn: str | None = None,
        profile_name: str | None = None,
        account_id: str | None = None,
        endpoint: str | None = None,
        callback: TokenCallback | None = None,
        **common: Unpack[Common],
    ) -> Self:
        """Another trusted profile, assumed with the token of ``base``.

        :param base: the options of the source whose token assumes the profile, such as ``{"source": "vpc_instance"}``.
        :param profile_id: the profile to assume.
        :param profile_crn: the same by CRN.
        :param profile_name: the same by name, which needs ``account_id``.
        :param account_id: the account of ``profile_name``.
        :param endpoint: where IAM is; where the base asks it, unless given.
        :param callback: for a ``base`` that is ``external``.
        """
        return cls(_options("assume", locals()), callback=callback, **common)

    @classmethod
    def external(cls, callback: TokenCallback, **common: Unpack[Common]) -> Self:
        """The program's own callback, plain or ``async``: it returns an :class:`ExternalToken`, or a pair of the
        token and its remaining life in seconds. The text of what it raises goes into errors: it must hold no secret.
        """
        return cls({"source": "external"}, callback=callback, **common)

    @classmethod
    def bearer(cls, token: str, **common: Unpack[Common]) -> Self:
        """A token that is simply there. It is used until a service refuses it."""
        return cls({"source": "bearer", "token": token}, **common)

    @classmethod
    def from_environment(cls, service: str = "trusted-profile", **common: Unpack[Common]) -> Self:
        """What the program's surroundings say: IBM's settings of ``service`` (environment, credential file,
        ``VCAP_SERVICES``), the variables of IBM's command line or, where there are none, what kind of compute
        this is. A pod is never its node, and certificates are always verified. ``docs/configuration.md`` has all
        names and their order.

        :raises InvalidArgumentError: names the setting that cannot be used, and where it was found.
        """
        return cls(service=service, **common)

    # The calls.

    def token(self, timeout: float | None = None) -> AccessToken:
        """A token that is usable now: at once, if there is one. Signals are served while it is waited for; their
        handlers are no place to ask for a token.

        :param timeout: the seconds that this call may take; without it, as long as the policy allows. The fetch goes on.
        :raises DeadlineExceededError: it took longer.
        :raises TrustedProfileError: why there is none, with the likely causes.
        """
        # Not in native code: an interpreter that ends takes its daemon threads out of their Python frames, and
        # aborts if there are native ones below.
        ready = self._ready()
        return ready if ready is not None else self._fetch(timeout)

    async def token_async(self) -> AccessToken:
        """A token that is usable now, for a task of asyncio: at once, if there is one. Whoever gives up harms
        nobody else. Bound it with ``asyncio.timeout`` or ``asyncio.wait_for``.
        """
        ready = self._ready()
        return ready if ready is not None else await self._driver.fetch_async(None)

    def identity_token(self, timeout: float | None = None) -> AccessToken:
        """The identity token of this instance or bare metal server, for calls to the metadata service."""
        return self._fetch(timeout, "identity")

    async def identity_token_async(self) -> AccessToken:
        """The same for a task of asyncio."""
        return await self._driver.fetch_async("identity")

    def unverified_claims(self, timeout: float | None = None) -> dict[str, Any] | None:
        """What the token says about itself, if it is a JWT. Nothing is verified: not for decisions about trust."""
        return self.token(timeout).unverified_claims()

    def invalidate(self, token: AccessToken | None = None) -> None:
        """Tells the provider that a service refused ``token`` with 401; none means the current one. A newer token stays.

        A service that refuses every token must not have each request fetch another one: within the policy's
        ``invalidate_window`` (10 s) the second refusal drops the token below as well, and further ones change nothing.
        """
        refused = self._machine.ready() if token is None else token
        if refused is not None:
            self._machine.invalidate(refused.slot, refused.generation)
            if self._driver_made is not None:
                self._driver_made.wake()

    def describe(self) -> dict[str, Any]:
        """Which source this is, why, and how it is doing. Holds no secret. ``str(provider)`` is for people."""
        described: dict[str, Any] = self._describe()[0]
        described["transport"] = self._driver.transports.name
        return described

    def diagnose(self) -> Report:
        """Looks at everything between this program and its token, and says what is wrong with it. The requests
        that a fetch would send are sent, once each, by the native transport. The report holds no token. It takes as long as
        it takes: nothing interrupts it, and other greenlets stand still meanwhile.
        """
        return Report(*self._diagnose())

    @property
    def on_event(self) -> Callable[[Event], object] | None:
        """Called with what happens to tokens, as mappings. ``event`` is one of ``fetched``, ``refreshed``, ``refresh_failed``,
        ``not_ready``, ``failed``, ``invalidated``, ``clock_skew``; the other members are its facts, with times in seconds.
        """
        return self._on_event

    @on_event.setter
    def on_event(self, handler: Callable[[Event], object] | None) -> None:
        self._on_event = handler
        if self._driver_made is not None:
            self._driver_made.on_event = handler

    def close(self) -> None:
        """Ends what is under way. Callers that wait get ``ClosedError``; a token that is cached can still be had."""
        # A signal handler may call this while the driver is being made.
        self._is_closed = True
        if self._driver_made is not None:
            self._driver_made.close()

    async def aclose(self) -> None:
        """The same for a task: its loop goes on meanwhile."""
        self._is_closed = True
        if self._driver_made is not None:
            await self._driver.close_async()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if getattr(self, "_driver_made", None) is not None:
            self._sender.close()

    def __str__(self) -> str:
        return self._describe()[1]

    def __repr__(self) -> str:
        return f"<TokenProvider {self._machine.status()['source']}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("a TokenProvider cannot be pickled: make one in each process, or let the children be forks")

    def _fetch(self, timeout: float | None, slot: str | None = None) -> AccessToken:
        if timeout is not None and not (isinstance(timeout, (int, float)) and timeout >= 0):
            raise invalid(f"timeout: expected seconds, 0 or more, or None, got {timeout!r}")
        return self._driver.fetch(slot, timeout)

    @property
    def _driver(self) -> Driver:
        """Made when it is first needed: whoever only says which source it is does without."""
        if self._driver_made is None:
            with _process.making:
                if self._driver_made is None:
                    self._driver_made = self._make_driver()
                if self._is_closed:
                    self._driver_made.close()
        return self._driver_made

    def _make_driver(self) -> Driver:
        from ._driver import Driver

        transports, callback = self._choose_transports(), None
        if self._callback is not None:
            from ._callback import Callback

            callback = Callback(self._callback)
        return Driver(self._machine, self._sender, transports, callback, self._on_event)


def _options(source: str, given: Mapping[str, Any]) -> dict[str, Any]:
    options = {name: value for name, value in given.items() if name not in ("cls", "common", "callback") and value is not None}
    return {"source": source, **options}


def _is_external(source: Options | None) -> bool:
    if source is None:
        return False
    return source.get("source") == "external" or _is_external(source.get("base"))

