using PartnerPlatform.Demo.Parts;
using PartnerPlatform.Demo.Seeding;
using PartnerPlatform.Demo.State;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Demo.Output;

/// <summary>What clients read: secrets belong in files of mode 600, not on command lines.</summary>
internal static class ClientFiles
{
    public static string Kcat(string partner) => $"{partner}.kcat";

    public static string Java(string partner) => $"{partner}.properties";

    /// <summary>Configuration files for kcat and for Java clients.</summary>
    public static void Write(DemoState state, Services services, PartnerLogin login)
    {
        PrivateFiles.Write(
            Path.Combine(state.Folder, Kcat(login.Partner)),
            $"""
            bootstrap.servers={services.Bootstrap}
            security.protocol=SASL_PLAINTEXT
            sasl.mechanisms=PLAIN
            sasl.username={login.Username}
            sasl.password={login.Password}

            """);
        PrivateFiles.Write(
            Path.Combine(state.Folder, Java(login.Partner)),
            $"""
            bootstrap.servers={services.Bootstrap}
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=PLAIN
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="{login.Username}" password="{login.Password}";

            """);
    }

    /// <summary>The facts for scripts; written last, when everything serves.</summary>
    public static void WriteEnvironment(DemoState state, Services services, IEnumerable<PartnerLogin> logins, OAuthLogin oauth)
    {
        IEnumerable<string> lines =
        [
            $"PLATFORM_URL={services.PlatformUrl.AbsoluteUri.TrimEnd('/')}",
            $"IDENTITY_URL={services.IdentityUrl.AbsoluteUri.TrimEnd('/')}",
            $"BOOTSTRAP={services.Bootstrap}",
            "OPERATOR_CLIENT_ID=operator",
            $"OPERATOR_CLIENT_SECRET={services.OperatorSecret}",
            .. logins.SelectMany(login => new[]
            {
                $"{login.Partner.ToUpperInvariant()}_SASL_USERNAME={login.Username}",
                $"{login.Partner.ToUpperInvariant()}_SASL_PASSWORD={login.Password}",
            }),
            $"{oauth.Partner.ToUpperInvariant()}_CLIENT_ID={oauth.ClientId}",
            $"{oauth.Partner.ToUpperInvariant()}_CLIENT_SECRET={oauth.ClientSecret}",
            $"WEB_URL={services.WebUrl.AbsoluteUri.TrimEnd('/')}",
            .. People.All.SelectMany(person => new[] { $"{person.Key}_USER={person.LoginName}", $"{person.Key}_PASSWORD={People.Password(state, person)}" }),
        ];
        PrivateFiles.Write(state.EnvironmentFile, string.Join('\n', lines) + '\n');
    }
}
