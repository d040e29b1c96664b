import io.github.trustedprofile.AccessToken;
import io.github.trustedprofile.MetadataOptions;
import io.github.trustedprofile.Policy;
import io.github.trustedprofile.ProviderOptions;
import io.github.trustedprofile.TokenProvider;
import io.github.trustedprofile.TokenProviders;
import io.github.trustedprofile.TrustedProfileException;
import java.time.Duration;

/** Plain Java: a thread that waits, and a future. {@code JavaService [METADATA_ENDPOINT]} */
public final class JavaService {
    private JavaService() {}

    public static void main(String[] arguments) {
        var source = new MetadataOptions();
        source.setEndpoint(arguments.length > 0 ? arguments[0] : null);
        // On first boot, links and networks come up late.
        var policy = new Policy();
        policy.setWaitUntilReady(Duration.ofMinutes(5));
        var options = new ProviderOptions();
        options.setPolicy(policy);
        try (TokenProvider tokens = TokenProviders.vpcInstance(source, options)) {
            // Without a time of its own, or it would give up before the policy does.
            AccessToken token = tokens.tokenBlocking(null);
            System.out.println("a thread got " + token);
            TokenProviders.token(tokens).thenAccept(same -> System.out.println("a future got " + same)).join();
        } catch (TrustedProfileException.ProfileNotLinked error) {
            System.err.println("link the profile: " + error.failure().getCauses());
            System.exit(2);
        } catch (TrustedProfileException error) {
            System.err.println(error.failure());
            System.exit(1);
        }
    }
}
