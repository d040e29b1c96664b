/** A program that leaves its source to its surroundings, which may be any of them: `TRUSTED_PROFILE_AUTH_TYPE=vpc Environment` */
@file:JvmName("Environment")

import io.github.trustedprofile.TokenProvider
import kotlinx.coroutines.runBlocking

fun main() = runBlocking {
    TokenProvider.fromEnvironment().use { tokens ->
        println(tokens.token())
        // What was chosen, why, and where each option was found.
        println(tokens.describe())
    }
}
