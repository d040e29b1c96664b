package operations

import corpora.Corpus
import io.github.trustedprofile.Client
import io.github.trustedprofile.ClientOptions
import io.github.trustedprofile.Header
import io.github.trustedprofile.IamOptions
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.Pages
import io.github.trustedprofile.Reply
import io.github.trustedprofile.Response
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TrustedProfileException
import io.github.trustedprofile.pageFlow
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import scenarios.Simulator

/** What calls of operations do over a socket: what comes, changes and goes, pages, and everything that goes wrong. */
class CallsTest {
    private fun inAnAccount(test: suspend CoroutineScope.(Simulator, TokenProvider, Client) -> Unit) = runBlocking {
        Simulator().use { simulator ->
            TokenProvider.apiKey(simulator.seeded("api_key", "value"), IamOptions(endpoint = simulator.iamUrl)).use { tokens ->
                Client("vpc", tokens, ClientOptions(endpoint = simulator.text("vpc_url"))).use { test(this@runBlocking, simulator, tokens, it) }
            }
        }
    }

    @Test
    fun resourcesComeChangeAndGo() = inAnAccount { _, _, vpc ->
        val id = vpc.call("create_vpc", """{"body": {"name": "first"}}""").value().text("id")
        val read = vpc.callBlocking("get_vpc", """{"id": "$id"}""")
        assertEquals(200 to "first", read.status to read.value().text("name"))
        val tag = JsonPrimitive(read.headers.first { it.name == "etag" }.value)
        // What was read is what is changed: its tag goes along by itself where the service demands it.
        assertEquals("second", vpc.call("update_vpc", """{"id": "$id", "body": {"name": "second"}}""").value().text("name"))
        val stale = """{"id": "$id", "body": {"name": "third"}, "if_match": $tag}"""
        assertEquals(412, assertThrows<TrustedProfileException.RequestRefused> { vpc.callBlocking("update_vpc", stale) }.failure.status)
        val gone = vpc.call("vpc.delete_vpc", """{"id": "$id"}""")
        assertEquals(Triple(204, null, null), Triple(gone.status, gone.json, gone.text))
        assertEquals("Reply(204, 0 bytes)", "$gone")
        assertThrows<TrustedProfileException.NotFound> { vpc.callBlocking("get_vpc", """{"id": "$id"}""") }
    }

    @Test
    fun pagesFollowOneAnother() = inAnAccount { _, _, vpc ->
        repeat(4) { vpc.call("create_vpc", """{"body": {"name": "vpc-$it"}}""") }
        fun Reply.count() = value().getValue("vpcs").jsonArray.size
        // No arguments may also be no text.
        assertEquals(5, vpc.call("list_vpcs", "").count())
        assertEquals(listOf(2, 2, 1), vpc.pageFlow("list_vpcs", """{"limit": 2}""").map { it.count() }.toList())
        vpc.pages("list_vpcs", """{"limit": 3}""").use { pages ->
            assertEquals(3, pages.next()?.count())
            assertEquals(2, pages.nextBlocking()?.count())
            assertNull(pages.next())
            assertNull(pages.next())
        }
        assertThrows<TrustedProfileException.InvalidArgument> { vpc.pages("get_vpc", """{"id": "x"}""") }
    }

    /** Whoever is cancelled while a page is on its way leaves it for the next one who asks. */
    @Test
    fun aPageOfWhoHasLeftIsNotLost() = inAnAccount { simulator, _, vpc ->
        repeat(4) { vpc.call("create_vpc", """{"body": {"name": "vpc-$it"}}""") }
        val whole = vpc.call("list_vpcs").value().getValue("vpcs").jsonArray.map { it.jsonObject.text("id") }
        vpc.pages("list_vpcs", """{"limit": 2}""").use { pages ->
            val before = simulator.count("vpc", "GET", "/v1/vpcs")
            simulator.fault("vpc", "kind" to JsonPrimitive("latency"), "ms" to JsonPrimitive(2000))
            assertThrows<TimeoutCancellationException> { runBlocking { withTimeout(100) { pages.next() } } }
            simulator.heal()
            val found = mutableListOf<String>()
            while (true) {
                // As long as the page is on its way, that is what is said.
                val page = runCatching { pages.next() }.onFailure { assertTrue("still on its way" in "$it") { "$it" } }
                if (page.isFailure) delay(10) else found += (page.getOrThrow() ?: break).value().getValue("vpcs").jsonArray.map { it.jsonObject.text("id") }
            }
            assertEquals(whole, found)
            assertEquals(3, simulator.count("vpc", "GET", "/v1/vpcs") - before, "no page was asked for twice")
        }
    }

    /** What was broken off has not come to its end, also once the service has recovered. */
    @Test
    fun aWalkThatFailedIsNotOver() = inAnAccount { simulator, _, vpc ->
        suspend fun broken(walk: suspend (Pages) -> Unit) = vpc.pages("list_vpcs").use { pages ->
            walk(pages)
            simulator.heal()
            val errors = listOf(runCatching { pages.next() }, runCatching { pages.nextBlocking() }).map { it.exceptionOrNull() }
            errors.map { it as TrustedProfileException }
        }
        simulator.fault("vpc", "kind" to JsonPrimitive("status"), "status" to JsonPrimitive(403))
        for (error in broken { pages -> assertThrows<TrustedProfileException.Forbidden> { pages.nextBlocking() } }) {
            assertTrue(error is TrustedProfileException.Forbidden) { "$error" }
        }
        simulator.fault("vpc", "kind" to JsonPrimitive("status"), "status" to JsonPrimitive(503), "retry_after" to JsonPrimitive("30"))
        val left = broken { pages -> assertThrows<TrustedProfileException.DeadlineExceeded> { pages.nextBlocking(Duration.ofMillis(200)) } }
        for (error in left) {
            assertTrue(error is TrustedProfileException.DeadlineExceeded && "the request was sent" in error.failure.message) { "$error" }
        }
    }

    @Test
    fun everyServiceIsCalled() = inAnAccount { simulator, tokens, _ ->
        val account = simulator.text("account_id")
        val iam = Client("iam", tokens, ClientOptions(endpoint = simulator.iamUrl))
        val settings = iam.call("iam_identity_get_account_settings", """{"account_id": "$account"}""")
        assertEquals(account, settings.value().text("account_id"))
        val containers = Client("containers", tokens, ClientOptions(endpoint = simulator.text("containers_url")))
        assertTrue(containers.call("list_clusters").json!!.contains(simulator.seeded("cluster", "id")))
        TokenProvider.vpcInstance(MetadataOptions(endpoint = simulator.metadataUrl)).use { instance ->
            val metadata = Client("metadata", instance)
            assertEquals(simulator.seeded("instance", "id"), metadata.call("get_instance").value().text("id"))
        }
    }

    @Test
    fun mistakesAreNamedAndNothingIsSent() = inAnAccount { simulator, tokens, vpc ->
        fun refused(words: String, call: () -> Unit) {
            val message = assertThrows<TrustedProfileException.InvalidArgument> { call() }.failure.message
            assertTrue(message.contains(words)) { message }
        }
        refused("the argument id is missing") { vpc.callBlocking("get_vpc") }
        refused("did you mean id") { vpc.callBlocking("get_vpc", """{"id": "x", "idd": "y"}""") }
        refused("did you mean vpc.list_vpcs?") { vpc.callBlocking("list_vpc") }
        refused("arguments") { vpc.callBlocking("get_vpc", "{") }
        refused("region") { Client("vpc", tokens).callBlocking("list_vpcs") }
        refused("deadline") { Client("vpc", tokens, ClientOptions(deadline = Duration.ZERO)) }
        refused("vpc, metadata, iam or containers") { Client("vcp", tokens) }
        refused("source") { Client("metadata", tokens).callBlocking("get_instance") }
        assertEquals(0, simulator.count("iam", "POST", "/identity/token"))
    }

    @Test
    fun aRefusedTokenIsReplacedOnce() = inAnAccount { simulator, _, vpc ->
        vpc.call("list_vpcs")
        simulator.control("POST", "tokens/revoke", JsonObject(mapOf("all" to JsonPrimitive("iam"))))
        assertNotNull(vpc.call("list_vpcs").json)
        assertEquals(2, simulator.count("iam", "POST", "/identity/token"))
    }

    @Test
    fun manyShareAClientAndLeave() = inAnAccount { simulator, tokens, vpc ->
        val all = (1..20).map { async(Dispatchers.Default) { vpc.call("list_vpcs").status } }.awaitAll()
        assertEquals(setOf(200), all.toSet())
        simulator.fault("vpc", "kind" to JsonPrimitive("hang"))
        assertThrows<TimeoutCancellationException> { runBlocking { withTimeout(200) { vpc.call("list_vpcs") } } }
        val late = assertThrows<TrustedProfileException.DeadlineExceeded> { vpc.callBlocking("list_vpcs", "{}", Duration.ofMillis(200)) }
        assertTrue(late.failure.message.contains("the request was sent")) { late.failure.message }
        val before = simulator.count("vpc", "GET", "/v1/vpcs")
        val waiting = async(Dispatchers.Default) { runCatching { vpc.call("list_vpcs") } }
        while (simulator.count("vpc", "GET", "/v1/vpcs") == before) delay(10)
        tokens.shutdown()
        assertTrue(waiting.await().exceptionOrNull() is TrustedProfileException.Closed)
    }

    @Test
    fun answersOfProgramsWithHttpOfTheirOwnAreRead() = inAnAccount { _, _, vpc ->
        fun parsed(status: Int, body: String) = vpc.parse("get_vpc", Response(status, listOf(Header("ETag", "t")), body.encodeToByteArray()))
        val reply = parsed(200, """{"id": "x", "unknown": 1.50}""")
        assertEquals(""""t"""", JsonPrimitive(reply.headers.single { it.name == "etag" }.value).toString())
        assertEquals("x", reply.value().text("id"))
        assertThrows<TrustedProfileException.NotFound> { parsed(404, """{"errors": [{"code": "not_found", "message": "m"}]}""") }
        assertThrows<TrustedProfileException.MalformedResponse> { parsed(200, "<html>") }
    }

    @Test
    fun secretsAreNotShown() = inAnAccount { _, _, vpc ->
        val arguments = """{"body": {"name": "x", "user_data": "pa55word-of-mine"}}"""
        val refusal = assertThrows<TrustedProfileException.RequestRefused> { vpc.callBlocking("create_instance", arguments) }
        val shown = listOf("$refusal", "${refusal.failure}", "${vpc.request("create_instance", arguments)}", "$vpc")
        assertFalse(shown.any { "pa55word" in it }) { "$shown" }
    }
}

private fun Reply.value(): JsonObject = Corpus.json.parseToJsonElement(json!!).jsonObject

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content
