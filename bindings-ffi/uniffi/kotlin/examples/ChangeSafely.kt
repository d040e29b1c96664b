/**
 * Gives a VPC another name, unless somebody changes it meanwhile: `ChangeSafely ID NAME [METADATA_ENDPOINT VPC_ENDPOINT]`
 */
@file:JvmName("ChangeSafely")

import io.github.trustedprofile.Client
import io.github.trustedprofile.ClientOptions
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TrustedProfileException
import kotlinx.coroutines.runBlocking

suspend fun change(vpc: Client, id: String, name: String) {
    // The client has `alwaysIfMatch`: it remembers the tag of what it reads, and sends it with the change, as `If-Match`.
    vpc.call("get_vpc", """{"id": "$id"}""")
    try {
        println(vpc.call("update_vpc", """{"id": "$id", "body": {"name": "$name"}}""").json)
    } catch (refused: TrustedProfileException.RequestRefused) {
        if (refused.failure.status != 412) throw refused
        println("somebody else was faster: read it again, and decide anew")
    }
}

fun main(arguments: Array<String>): Unit = runBlocking {
    val (id, name) = arguments
    // Addresses only where the services are elsewhere: a simulator's, on a laptop.
    val options = ClientOptions(region = "us-south", endpoint = arguments.getOrNull(3), alwaysIfMatch = true)
    TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.getOrNull(2))).use { tokens ->
        Client("vpc", tokens, options).use { vpc -> change(vpc, id, name) }
    }
}
