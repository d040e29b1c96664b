package provider

import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TokenProviders
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/** A program that ends while its token is fetched. */
object Leaving {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val tokens = TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.single()))
        try {
            TokenProviders.token(tokens).get(100, TimeUnit.MILLISECONDS)
        } catch (_: TimeoutException) {
            println("left")
        }
    }
}
