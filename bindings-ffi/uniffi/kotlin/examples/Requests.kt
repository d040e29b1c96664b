/**
 * Requests with the token, to these origins and no others. `Requests URL [METADATA_ENDPOINT]`
 */
@file:JvmName("Requests")

import io.github.trustedprofile.AllowedOrigins
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runBlocking

/** Adds the token where it may go, and asks once more with another one if the service refuses it. */
class Authorized(private val tokens: TokenProvider, private val origins: AllowedOrigins) {
    // Redirects are not followed: they would carry the token elsewhere.
    private val http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build()

    suspend fun get(url: URI): HttpResponse<String> {
        require(origins.allows("$url")) { "$url may not see the token" }
        val token = tokens.token()
        val answer = send(url, token.authorization())
        if (answer.statusCode() != 401) return answer
        tokens.invalidate(token)
        return send(url, tokens.token().authorization())
    }

    private suspend fun send(url: URI, authorization: String): HttpResponse<String> {
        val request = HttpRequest.newBuilder(url).header("authorization", authorization).build()
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).await()
    }
}

fun main(arguments: Array<String>) = runBlocking {
    val service = URI(arguments.first())
    TokenProvider.vpcInstance(MetadataOptions(endpoint = arguments.getOrNull(1))).use { tokens ->
        val requests = Authorized(tokens, AllowedOrigins(listOf("${service.scheme}://${service.authority}")))
        val answer = requests.get(service)
        println("${answer.statusCode()}: ${answer.body()}")
    }
}
