/**
 * The instances of a region, page by page, with the token of this machine: `ListInstances [METADATA_ENDPOINT VPC_ENDPOINT]`
 */
@file:JvmName("ListInstances")

import io.github.trustedprofile.Client
import io.github.trustedprofile.ClientOptions
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.pageFlow
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>): Unit = runBlocking {
    // Addresses only where the services are elsewhere: a simulator's, on a laptop.
    TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.getOrNull(0))).use { tokens ->
        Client("vpc", tokens, ClientOptions(region = "us-south", endpoint = arguments.getOrNull(1))).use { vpc ->
            // Each page is JSON, as the service sent it.
            vpc.pageFlow("list_instances", """{"limit": 50}""").collect { page -> println(page.json) }
        }
    }
}
