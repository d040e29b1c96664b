/**
 * On a VPC instance: whose token is this? `VpcInstance [METADATA_ENDPOINT]`
 */
@file:JvmName("VpcInstance")

import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TrustedProfileException
import java.time.Duration
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>) = runBlocking {
    TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.firstOrNull())).use { tokens ->
        val token =
            try {
                tokens.token(timeout = Duration.ofSeconds(30))
            } catch (error: TrustedProfileException) {
                // All of it: what went wrong, the likely causes, and how to fix each.
                System.err.println(error.failure())
                exitProcess(1)
            }
        println("$token: ${Regex("iam-Profile-[^\"]+").find(token.unverifiedClaims().orEmpty())?.value}")
    }
}
