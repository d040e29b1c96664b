package io.github.trustedprofile

import java.time.Duration
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.future.future

/**
 * [TokenProvider] for Java, which has neither default arguments nor coroutines: a method for each source, and futures. Options
 * are objects with setters; what is not set keeps its default.
 *
 * Every constructor throws [TrustedProfileException.InvalidArgument], which names the option that cannot be used.
 */
public object TokenProviders {
    // No thread of its own: the ones of `Dispatchers.Default` do not keep a program alive.
    private val futures = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    /** On a VPC instance: the metadata service vouches for the machine. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun vpcInstance(
        source: MetadataOptions = MetadataOptions(),
        options: ProviderOptions = ProviderOptions(),
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.vpcInstance(source, options, listener)

    /** On a bare metal server. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun bareMetal(
        source: MetadataOptions = MetadataOptions(),
        options: ProviderOptions = ProviderOptions(),
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.bareMetal(source, options, listener)

    /** In a pod or Code Engine: a compute resource token from a file, exchanged with IAM. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun container(
        source: ContainerOptions,
        options: ProviderOptions = ProviderOptions(),
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.container(source, options, listener)

    /** Anywhere else: an API key. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun apiKey(
        apiKey: String,
        iam: IamOptions = IamOptions(),
        options: ProviderOptions = ProviderOptions(),
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.apiKey(apiKey, iam, options, listener)

    /** Another trusted profile, assumed with the token of [base]. [callback] is for a [base] that is `external`. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun assume(
        base: SourceOptions,
        profile: AssumeOptions,
        options: ProviderOptions = ProviderOptions(),
        callback: TokenCallback? = null,
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.assume(base, profile, options, callback, listener)

    /** The program's own callback. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun external(
        callback: TokenCallback,
        options: ProviderOptions = ProviderOptions(),
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.external(callback, options, listener)

    /** A token that is simply there. It is used until a service refuses it. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun bearer(token: String, options: ProviderOptions = ProviderOptions(), listener: EventListener? = null): TokenProvider =
        TokenProvider.bearer(token, options, listener)

    /** What the program's surroundings say; `docs/configuration.md` has all names and their order. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun fromEnvironment(
        service: String = "trusted-profile",
        options: ProviderOptions = ProviderOptions(),
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.fromEnvironment(service, options, listener)

    /** The source that its options name. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun fromSource(
        source: SourceOptions,
        options: ProviderOptions = ProviderOptions(),
        callback: TokenCallback? = null,
        listener: EventListener? = null,
    ): TokenProvider = TokenProvider.fromSource(source, options, callback, listener)

    /**
     * The token as a future. Whoever cancels it has left, and harms nobody else. It fails with a [TrustedProfileException].
     *
     * @param timeout the caller's own limit, beside the policy's; the fetch goes on.
     */
    @JvmStatic
    @JvmOverloads
    public fun token(tokens: TokenProvider, timeout: Duration? = null): CompletableFuture<AccessToken> =
        futures.future { tokens.token(timeout) }

    /** The identity token as a future. */
    @JvmStatic
    @JvmOverloads
    public fun identityToken(tokens: TokenProvider, timeout: Duration? = null): CompletableFuture<AccessToken> =
        futures.future { tokens.identityToken(timeout) }
}
