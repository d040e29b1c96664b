// The VPCs of a region, page by page, with the token of this machine: ListVpcs us-south. On a laptop, the addresses of the
// simulator's VPC API and metadata service take the place of the region.

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
            vpc.pageFlow("list_vpcs", """{"limit": 50}""").collect { page -> println(page.json) }
        }
    }
}
