/** A token on a bare metal server, for a trusted profile that is linked to it: `BareMetal PROFILE_ID [METADATA_ENDPOINT]` */
@file:JvmName("BareMetal")

import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>) = runBlocking {
    // The endpoint only where the service is elsewhere, as in tests.
    val source = MetadataOptions(profileId = arguments[0], endpoint = arguments.getOrNull(1))
    TokenProvider.bareMetal(source).use { tokens -> println(tokens.token()) }
}
