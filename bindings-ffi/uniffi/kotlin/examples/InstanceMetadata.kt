/** What an instance knows about itself, as JSON: `InstanceMetadata [METADATA_ENDPOINT]` */
@file:JvmName("InstanceMetadata")

import io.github.trustedprofile.Client
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>): Unit = runBlocking {
    TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.firstOrNull())).use { tokens ->
        // It is called where the tokens come from, with the identity token.
        Client("metadata", tokens).use { metadata -> println(metadata.call("get_instance").json) }
    }
}
