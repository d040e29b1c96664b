/**
 * The instances of a region, page by page, with the token of this machine: `ListInstances REGION`, or on a laptop
 * `ListInstances VPC_ENDPOINT METADATA_ENDPOINT`, with the addresses of a simulator.
 */
@file:JvmName("ListInstances")

import io.github.trustedprofile.Client
import io.github.trustedprofile.ClientOptions
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.pageFlow
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>): Unit = runBlocking {
    val place = arguments.first()
    val options = if ("://" in place) ClientOptions(endpoint = place) else ClientOptions(region = place)
    TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.getOrNull(1))).use { tokens ->
        Client("vpc", tokens, options).use { vpc ->
            // Each page is JSON, as the service sent it.
            vpc.pageFlow("list_instances", """{"limit": 50}""").collect { page -> println(page.json) }
        }
    }
}
