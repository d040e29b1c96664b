package io.github.trustedprofile

import java.time.Duration
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.future.future

/** The pages of an operation as a flow. Each collection begins with the first of them. */
public fun Client.pageFlow(operation: String, arguments: String = "{}", timeout: Duration? = null): Flow<Reply> = flow {
    pages(operation, arguments).use { pages ->
        while (true) emit(pages.next(timeout) ?: break)
    }
}

/** [Client] for Java, which has neither default arguments nor coroutines. */
public object Clients {
    // No thread of its own: the ones of `Dispatchers.Default` do not keep a program alive.
    private val futures = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    /** The client of `vpc`, `iam`, `metadata` or `containers`. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun of(name: String, tokens: TokenProvider, options: ClientOptions = ClientOptions()): Client = Client(name, tokens, options)

    /** Calls an operation and waits for its answer. */
    @JvmStatic
    @JvmOverloads
    @Throws(TrustedProfileException::class)
    public fun callBlocking(client: Client, operation: String, arguments: String = "{}", timeout: Duration? = null): Reply =
        client.callBlocking(operation, arguments, timeout)

    /** The same as a future. Whoever cancels it has left: nothing more is sent. It fails with a [TrustedProfileException]. */
    @JvmStatic
    @JvmOverloads
    public fun call(client: Client, operation: String, arguments: String = "{}", timeout: Duration? = null): CompletableFuture<Reply> =
        futures.future { client.call(operation, arguments, timeout) }
}
