/**
 * Tokens of one's own: an agent beside this program leaves them in a file, `TOKEN SECONDS`, with the seconds that it lives:
 * `OwnTokens FILE`
 */
@file:JvmName("OwnTokens")

import io.github.trustedprofile.ExternalToken
import io.github.trustedprofile.TokenCallback
import io.github.trustedprofile.TokenProvider
import java.io.File
import java.time.Duration
import kotlinx.coroutines.runBlocking

/**
 * Called whenever a token is needed. Caching, refreshing ahead of time and keeping a good token while the agent is away are the
 * provider's part. What is thrown goes into errors with its words: they hold no secret.
 */
private class Agent(private val file: File) : TokenCallback {
    override fun fetchToken(): ExternalToken {
        val (token, seconds) = file.readText().trim().split(' ').takeIf { it.size == 2 } ?: error("the file holds no token")
        // What `toLong` throws shows what it was given, which is the token where they are the other way round.
        val life = seconds.toLongOrNull() ?: error("the file holds no token")
        return ExternalToken(token, Duration.ofSeconds(life))
    }
}

fun main(arguments: Array<String>) = runBlocking {
    TokenProvider.external(Agent(File(arguments[0]))).use { tokens -> println(tokens.token()) }
}
