/**
 * The machine without I/O, with a transport of one's own. `SansIo [METADATA_ENDPOINT]`
 */
@file:JvmName("SansIo")

import io.github.trustedprofile.AccessToken
import io.github.trustedprofile.Action
import io.github.trustedprofile.Exchange
import io.github.trustedprofile.FailureKind
import io.github.trustedprofile.Header
import io.github.trustedprofile.Response
import io.github.trustedprofile.SourceOptions
import io.github.trustedprofile.Ticket
import io.github.trustedprofile.TokenManager
import java.io.IOException
import java.net.ConnectException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.HttpTimeoutException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

// Never a proxy for the metadata service, and never a redirect.
private val http =
    HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).followRedirects(HttpClient.Redirect.NEVER).build()

/** One exchange, within its limits; its outcome is reported in any case. */
private fun send(machine: TokenManager, exchange: Exchange) {
    val body = HttpRequest.BodyPublishers.ofByteArray(exchange.body)
    val request = HttpRequest.newBuilder(URI(exchange.url)).method(exchange.method, body).timeout(exchange.timeout)
    exchange.headers.forEach { request.header(it.name, it.value) }
    val end = System.nanoTime() + exchange.timeout.toNanos()
    try {
        val answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
        // The client's own time ends with the headers; the exchange's is for the body as well.
        CompletableFuture.delayedExecutor(end - System.nanoTime(), TimeUnit.NANOSECONDS).execute(answer.body()::close)
        val bytes = answer.body().use { it.readNBytes(Math.toIntExact(exchange.maxResponseBytes) + 1) }
        if (System.nanoTime() >= end) return machine.fail(exchange.id, FailureKind.READ_TIMEOUT)
        if (bytes.size > exchange.maxResponseBytes) return machine.fail(exchange.id, FailureKind.TOO_LARGE)
        val headers = answer.headers().map().flatMap { (name, values) -> values.map { Header(name, it) } }
        machine.handle(exchange.id, Response(answer.statusCode(), headers, bytes))
    } catch (_: HttpTimeoutException) {
        machine.fail(exchange.id, FailureKind.READ_TIMEOUT)
    } catch (_: ConnectException) {
        machine.fail(exchange.id, FailureKind.REFUSED)
    } catch (error: IOException) {
        val kind = if (System.nanoTime() < end) FailureKind.INTERRUPTED else FailureKind.READ_TIMEOUT
        machine.fail(exchange.id, kind, error.javaClass.simpleName)
    }
}

/** For one caller, who does it all in turn. Where several share a machine, each exchange runs apart, and all are woken after it. */
fun token(machine: TokenManager): AccessToken {
    val ticket = Ticket()
    while (true) {
        when (val action = machine.poll(ticket)) {
            is Action.Ready -> return action.token
            is Action.Send -> send(machine, action.exchange)
            is Action.Wait -> Thread.sleep(action.atMost.toMillis() + 1)
            is Action.Failed -> throw action.error
            is Action.NeedFiles, is Action.NeedToken -> error("an instance has neither files nor a callback")
        }
    }
}

fun main(arguments: Array<String>) {
    TokenManager(SourceOptions("vpc_instance", endpoint = arguments.firstOrNull())).use { machine ->
        println(token(machine))
        generateSequence { machine.pollEvent() }.forEach(::println)
    }
}
