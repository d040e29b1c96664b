/**
 * In a pod: what happens to its tokens, and how the provider is doing. `Container PROFILE_ID [TOKEN_FILE [IAM_ENDPOINT]]`
 */
@file:JvmName("Container")

import io.github.trustedprofile.ContainerOptions
import io.github.trustedprofile.EventListener
import io.github.trustedprofile.IamOptions
import io.github.trustedprofile.Policy
import io.github.trustedprofile.ProviderOptions
import io.github.trustedprofile.TokenEvent
import io.github.trustedprofile.TokenProvider
import java.time.Duration
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking

private object Log : EventListener {
    override fun onEvent(event: TokenEvent) = println(event)
}

fun main(arguments: Array<String>) = runBlocking {
    val source =
        ContainerOptions(
            profileId = arguments[0],
            crTokenFile = arguments.getOrNull(1),
            iam = IamOptions(endpoint = arguments.getOrNull(2)),
        )
    // On first boot, links and networks come up late.
    val options = ProviderOptions(Policy(waitUntilReady = Duration.ofMinutes(5)))
    TokenProvider.container(source, options, Log).use { tokens ->
        // However many ask: one exchange serves them all.
        val values = List(100) { async { tokens.token().value() } }.awaitAll()
        println("${values.size} coroutines, ${values.toSet().size} token")
        println(tokens.describe())
    }
}
