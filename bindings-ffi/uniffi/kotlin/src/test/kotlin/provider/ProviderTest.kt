package provider

import io.github.trustedprofile.AccessToken
import io.github.trustedprofile.AssumeOptions
import io.github.trustedprofile.CallbackException
import io.github.trustedprofile.ContainerOptions
import io.github.trustedprofile.EventListener
import io.github.trustedprofile.ExternalToken
import io.github.trustedprofile.IamOptions
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.Policy
import io.github.trustedprofile.ProviderOptions
import io.github.trustedprofile.SourceOptions
import io.github.trustedprofile.TokenCallback
import io.github.trustedprofile.TokenEvent
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TrustedProfileException
import java.nio.file.Path
import java.time.Duration
import java.time.Instant
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import scenarios.Simulator

private val HOUR: Duration = Duration.ofHours(1)

/** What scenarios do not show: the constructors, and the calls beside `token`. */
class ProviderTest {
    @Test
    fun everySourceHasAConstructor(@TempDir folder: Path): Unit = runBlocking {
        Simulator().use { simulator ->
            val file = simulator.tokenFile(folder).getValue("path").jsonPrimitive.content
            val apiKey = simulator.seeded("api_key", "value")
            val iam = IamOptions(endpoint = simulator.iamUrl)
            val base = SourceOptions("api_key", apiKey = apiKey, endpoint = simulator.iamUrl)
            val pod = simulator.seeded("pod_profile", "id")
            val providers =
                listOf(
                    TokenProvider.vpcInstance(MetadataOptions(endpoint = simulator.metadataUrl)),
                    TokenProvider.bareMetal(MetadataOptions(endpoint = simulator.metadataUrl)),
                    TokenProvider.container(ContainerOptions(profileId = pod, crTokenFile = file, iam = iam)),
                    TokenProvider.apiKey(apiKey, iam),
                    TokenProvider.assume(base, AssumeOptions(profileId = pod, endpoint = simulator.iamUrl)),
                    TokenProvider.external(callback { ExternalToken("a-token-of-our-own", HOUR) }),
                    TokenProvider.bearer("a-token-that-is-there"),
                    TokenProvider.fromSource(base),
                )
            val sources = listOf("vpc_instance", "bare_metal", "container", "api_key", "assume", "external", "bearer", "api_key")
            for ((source, provider) in sources zip providers) {
                provider.use { tokens ->
                    assertTrue(tokens.describe().source.startsWith(source)) { tokens.describe().source }
                    assertEquals("the program named it", tokens.describe().reason)
                    val token = tokens.token()
                    assertEquals(token.value(), tokens.tokenBlocking().value())
                    assertEquals("Bearer ${token.value()}", token.authorization())
                    assertEquals(token.value(), tokens.peek()?.value())
                }
            }
        }
    }

    @Test
    fun whatATokenKnows(): Unit = runBlocking {
        onAnInstance { _, tokens ->
            assertNull(tokens.peek(), "nothing was sent yet")
            val token = tokens.token()
            assertEquals(1, token.generation())
            val life = Duration.between(Instant.now(), token.expiresAt())
            assertTrue(life > Duration.ofMinutes(50) && life <= HOUR) { "$life" }
            assertTrue(token.refreshAt().monotonic < token.usableUntil().monotonic)
            assertTrue("iam_id" in token.unverifiedClaims().orEmpty())
            assertFalse(token.value() in "$token", "the text of the object is not the token's")
            assertTrue(tokens.identityToken().value() != token.value())
            assertEquals(tokens.identityToken().value(), tokens.identityTokenBlocking().value())
        }
        TokenProvider.bearer("a-token").use { assertNull(it.token().expiresAt(), "nobody knows") }
    }

    @Test
    fun aRefusedTokenIsReplaced() = runBlocking {
        onAnInstance { simulator, tokens ->
            val first = tokens.token()
            tokens.invalidate()
            assertNull(tokens.peek())
            val second = tokens.token()
            assertTrue(first.value() != second.value())
            tokens.invalidate(first)
            assertEquals(second.value(), tokens.token().value(), "a newer one stays")
            assertEquals(2, simulator.exchanges())
        }
    }

    @Test
    fun eventsAreToldInOrderAndAListenerMayAskAgain() = runBlocking {
        val told = ConcurrentLinkedQueue<TokenEvent>()
        val asked = ConcurrentLinkedQueue<AccessToken>()
        lateinit var tokens: TokenProvider
        val done = CountDownLatch(1)
        val listener =
            object : EventListener {
                override fun onEvent(event: TokenEvent) {
                    told += event
                    if (told.size == 2) {
                        // In the thread that fetched: it must not wait for itself.
                        asked += tokens.tokenBlocking()
                        done.countDown()
                        error("a listener that fails harms nobody")
                    }
                }
            }
        Simulator().use { simulator ->
            tokens = TokenProvider.vpcInstance(MetadataOptions(endpoint = simulator.metadataUrl), listener = listener)
            tokens.use {
                val token = it.token()
                done.await()
                assertEquals(token.value(), asked.single().value())
            }
        }
        assertTrue(told.all { it is TokenEvent.Fetched }, "$told")
        assertEquals(listOf("IDENTITY", "IAM"), told.map { (it as TokenEvent.Fetched).slot.name })
    }

    @Test
    fun whatACallbackThrowsIsInTheError() = runBlocking {
        val thrown = listOf<() -> Nothing>({ throw CallbackException.Failed("the vault is sealed") }, { error("the vault is sealed") })
        for (throwing in thrown) {
            val options = ProviderOptions(Policy(maxAttempts = 1))
            TokenProvider.external(callback { throwing() }, options).use { tokens ->
                val error = assertThrows<TrustedProfileException.ExternalSourceFailed> { runBlocking { tokens.token() } }
                assertTrue("the vault is sealed" in error.failure.message, error.failure.text)
                assertEquals("failure=${error.failure.text}", error.message)
                assertEquals("external_source_failed", error.failure().code)
            }
        }
    }

    @Test
    fun aCallbackIsCalledOnceForAll() = runBlocking {
        val calls = AtomicInteger()
        val fetching = callback { ExternalToken("token-${calls.incrementAndGet()}", HOUR) }
        TokenProvider.external(fetching).use { tokens ->
            assertEquals(setOf("token-1"), List(20) { tokens.token().value() }.toSet())
        }
        assertEquals(1, calls.get())
    }

    @Test
    fun optionsThatCannotBeUsedAreNamed() {
        val refused =
            mapOf<String, () -> TokenProvider>(
                "profile: expected exactly one of" to { TokenProvider.vpcInstance(MetadataOptions(profileId = "a", profileName = "b")) },
                "identity_token_expires_in: expected" to { TokenProvider.vpcInstance(MetadataOptions(identityTokenExpiresIn = -1)) },
                "max_attempts: " to { TokenProvider.bearer("a-token", ProviderOptions(Policy(maxAttempts = 0))) },
                "ca_bundle: " to { TokenProvider.bearer("a-token", ProviderOptions(caBundle = "/nowhere/roots.pem")) },
                "callback: expected one, since" to { TokenProvider.fromSource(SourceOptions("external")) },
                "callback: expected none, since" to
                    { TokenProvider.fromSource(SourceOptions("vpc_instance"), callback = callback { error("never called") }) },
                "source: expected" to { TokenProvider.fromSource(SourceOptions()) },
            )
        for ((words, construct) in refused) {
            val error = assertThrows<TrustedProfileException.InvalidArgument> { construct() }
            assertTrue(error.failure.message.startsWith(words)) { "$words: ${error.failure.message}" }
        }
        val noMap = assertThrows<TrustedProfileException.InvalidArgument> { TokenProvider.fromEnvironment("no service can have = in its name") }
        assertNotNull(noMap.message)
    }

    @Test
    fun whatHoldsASecretDoesNotShowIt() {
        val secret = "a-secret-that-nobody-sees"
        val iam = IamOptions(clientSecret = secret)
        val shown =
            listOf(
                SourceOptions("api_key", apiKey = secret, crToken = secret, token = secret, clientSecret = secret),
                SourceOptions("assume", base = SourceOptions("api_key", apiKey = secret)),
                ContainerOptions(crToken = secret, iam = iam),
                iam,
                ProviderOptions(privateProxy = "http://user:$secret@proxy"),
                ExternalToken(secret, HOUR),
            )
        for (value in shown) assertFalse(secret in "$value") { "${value.javaClass} shows it" }
    }

    private suspend fun onAnInstance(test: suspend (Simulator, TokenProvider) -> Unit) {
        Simulator().use { simulator ->
            TokenProvider.vpcInstance(MetadataOptions(endpoint = simulator.metadataUrl)).use { test(simulator, it) }
        }
    }
}

/** A callback that does this. */
fun callback(fetch: () -> ExternalToken): TokenCallback =
    object : TokenCallback {
        override fun fetchToken(): ExternalToken = fetch()
    }
