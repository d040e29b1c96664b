/**
 * Gives a VPC another name, unless somebody changes it meanwhile: `ChangeSafely REGION ID NAME`, or on a laptop
 * `ChangeSafely VPC_ENDPOINT ID NAME METADATA_ENDPOINT`, with the addresses of a simulator.
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
    val (place, id, name) = arguments
    val options =
        if ("://" in place) ClientOptions(endpoint = place, alwaysIfMatch = true) else ClientOptions(region = place, alwaysIfMatch = true)
    TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.getOrNull(3))).use { tokens ->
        Client("vpc", tokens, options).use { vpc -> change(vpc, id, name) }
    }
}
