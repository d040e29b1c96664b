import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.trustedprofile.AccessToken;
import io.github.trustedprofile.AssumeOptions;
import io.github.trustedprofile.Client;
import io.github.trustedprofile.ClientOptions;
import io.github.trustedprofile.Clients;
import io.github.trustedprofile.ContainerOptions;
import io.github.trustedprofile.ExternalToken;
import io.github.trustedprofile.IamOptions;
import io.github.trustedprofile.MetadataOptions;
import io.github.trustedprofile.Policy;
import io.github.trustedprofile.ProviderOptions;
import io.github.trustedprofile.SourceOptions;
import io.github.trustedprofile.TokenCallback;
import io.github.trustedprofile.TokenEvent;
import io.github.trustedprofile.TokenProvider;
import io.github.trustedprofile.TokenProviders;
import io.github.trustedprofile.TrustedProfileException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import scenarios.Simulator;

/** Everything that Java calls, without a word of Kotlin. */
class JavaCallerTest {
    @Test
    void threadsAndFuturesGetTheSameToken() throws Exception {
        try (var simulator = new Simulator()) {
            var source = new MetadataOptions();
            source.setEndpoint(simulator.getMetadataUrl());
            var told = new ConcurrentLinkedQueue<TokenEvent>();
            try (TokenProvider tokens = TokenProviders.vpcInstance(source, new ProviderOptions(), told::add)) {
                AccessToken token = tokens.tokenBlocking(null);
                assertEquals(token.value(), TokenProviders.token(tokens).join().value());
                assertEquals(token.value(), TokenProviders.token(tokens, Duration.ofSeconds(30)).join().value());
                assertEquals(tokens.identityTokenBlocking(null).value(), TokenProviders.identityToken(tokens).join().value());
                assertEquals("Bearer " + token.value(), token.authorization());
                assertTrue(tokens.describe().getSource().startsWith("vpc_instance"));
                tokens.invalidate(token);
                assertTrue(!token.value().equals(tokens.tokenBlocking(Duration.ofSeconds(30)).value()));
                assertEquals(2, simulator.exchanges());
            }
            assertInstanceOf(TokenEvent.Fetched.class, told.peek());
        }
    }

    @Test
    void operationsAreCalled() throws Exception {
        try (var simulator = new Simulator()) {
            var iam = new IamOptions();
            iam.setEndpoint(simulator.getIamUrl());
            var options = new ClientOptions();
            options.setEndpoint(simulator.text("vpc_url"));
            try (TokenProvider tokens = TokenProviders.apiKey(simulator.seeded("api_key", "value"), iam);
                    Client vpc = Clients.of("vpc", tokens, options)) {
                assertEquals(200, Clients.callBlocking(vpc, "list_vpcs").getStatus());
                assertTrue(Clients.call(vpc, "list_vpcs", "{\"limit\": 1}").join().getJson().contains("\"vpcs\""));
                var unknown = assertThrows(CompletionException.class, () -> Clients.call(vpc, "list_vpc").join());
                assertInstanceOf(TrustedProfileException.InvalidArgument.class, unknown.getCause());
            }
        }
    }

    @Test
    void everySourceHasAMethod() throws Exception {
        try (var simulator = new Simulator()) {
            var apiKey = simulator.seeded("api_key", "value");
            var iam = new IamOptions();
            iam.setEndpoint(simulator.getIamUrl());
            var base = new SourceOptions();
            base.setSource("api_key");
            base.setApiKey(apiKey);
            base.setEndpoint(simulator.getIamUrl());
            var profile = new AssumeOptions();
            profile.setProfileId(simulator.seeded("pod_profile", "id"));
            profile.setEndpoint(simulator.getIamUrl());
            TokenCallback callback = () -> new ExternalToken("a-token-of-java", Duration.ofHours(1));
            var providers =
                    List.of(
                            TokenProviders.apiKey(apiKey, iam),
                            TokenProviders.assume(base, profile),
                            TokenProviders.fromSource(base),
                            TokenProviders.external(callback),
                            TokenProviders.bearer("a-token-that-is-there"));
            for (var tokens : providers) {
                try (tokens) {
                    assertTrue(!tokens.tokenBlocking(null).value().isEmpty());
                }
            }
            var metadata = new MetadataOptions();
            metadata.setEndpoint(simulator.getMetadataUrl());
            TokenProviders.bareMetal(metadata).close();
            TokenProviders.fromEnvironment().close();
        }
    }

    @Test
    void errorsAreExceptionsOfTheirOwn() throws Exception {
        var refused = assertThrows(TrustedProfileException.InvalidArgument.class, () -> TokenProviders.container(new ContainerOptions()));
        assertTrue(refused.failure().getMessage().startsWith("profile: expected"), refused.getMessage());
        var policy = new Policy();
        policy.setMaxAttempts(1);
        var options = new ProviderOptions();
        options.setPolicy(policy);
        TokenCallback sealed =
                () -> {
                    throw new IllegalStateException("the vault is sealed");
                };
        try (var tokens = TokenProviders.external(sealed, options)) {
            var thrown = assertThrows(TrustedProfileException.ExternalSourceFailed.class, () -> tokens.tokenBlocking(null));
            assertTrue(thrown.getFailure().getText().contains("the vault is sealed"), thrown.getMessage());
            var failed = assertThrows(CompletionException.class, () -> TokenProviders.token(tokens).join());
            assertInstanceOf(TrustedProfileException.ExternalSourceFailed.class, failed.getCause());
        }
    }
}
