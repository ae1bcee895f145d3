using Confluent.Kafka;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Logins;

/// <summary>One way to come to a listener.</summary>
/// <param name="Protocol">Of the listener.</param>
/// <param name="Mechanism">SASL mechanism, or what stands in its place.</param>
/// <param name="Credentials">What is right or wrong about them.</param>
/// <param name="Java">The Java client's properties.</param>
/// <param name="Librdkafka">Null: librdkafka does not have the mechanism.</param>
public sealed record LoginCell(string Protocol, string Mechanism, string Credentials, IReadOnlyDictionary<string, string> Java, ClientConfig? Librdkafka, string? Token = null)
{
    public string Name => $"{Protocol} {Mechanism} {Credentials}".Replace(' ', '_');

    /// <summary>All cells: listener x mechanism x credentials.</summary>
    public static IEnumerable<LoginCell> All(LoginNodes nodes)
    {
        yield return Of(nodes, "PLAINTEXT", "none", "none");
        yield return Of(nodes, "SSL", "none", "no certificate");
        foreach (var (credentials, file) in new[] { ("right", "alice"), ("revoked by the list", "revoked"), ("of a revoked account", "bob"), ("of a foreign authority", "foreign"), ("expired", "expired") })
        {
            yield return Certified(nodes, credentials, Path.Combine(nodes.Folder, file + ".pem"));
        }

        foreach (var protocol in new[] { "SASL_PLAINTEXT", "SASL_SSL" })
        {
            foreach (var cell in Own(nodes, protocol).Concat(Delegated(nodes, "DELEGATED_" + protocol)))
            {
                yield return cell;
            }
        }
    }

    private static IEnumerable<LoginCell> Own(LoginNodes nodes, string protocol)
    {
        var (tenants, issuer) = (nodes.Tenants, nodes.Matrix.Issuer);
        yield return Password(nodes, protocol, "PLAIN", "right", "app", tenants.Token("logins", "app"));
        yield return Password(nodes, protocol, "PLAIN", "wrong", "app", "not-the-password");
        yield return Password(nodes, protocol, "PLAIN", "expired", "app", tenants.Token("logins", "app", TimeSpan.FromMinutes(-5)));
        yield return Password(nodes, protocol, "PLAIN", "revoked", "app", tenants.Token("logins", "app", id: "gone"));
        yield return Password(nodes, protocol, "PLAIN", "of another account", "by-oauth", tenants.Token("logins", "app"));
        yield return Password(nodes, protocol, "PLAIN", "of a foreign key", "app", tenants.Token("logins", "app", key: new byte[32]));
        yield return Password(nodes, protocol, "PLAIN", "of the broker", "alice", "alice-secret");
        yield return Password(nodes, protocol, "SCRAM-SHA-512", "of the broker", "alice", "alice-secret");
        yield return Bearer(nodes, protocol, "right", issuer.Token("alice", audience: "kafka"));
        yield return Bearer(nodes, protocol, "expired", issuer.Token("alice", TimeSpan.FromMinutes(-5), audience: "kafka", age: TimeSpan.FromMinutes(10)));
        yield return Bearer(nodes, protocol, "of a revoked account", issuer.Token("bob", audience: "kafka"));
        yield return Bearer(nodes, protocol, "of a foreign key", issuer.Token("alice", key: TestIssuer.NewKey("foreign"), audience: "kafka"));
        yield return Bearer(nodes, protocol, "of a foreign issuer", issuer.Token("alice", issuer: "https://elsewhere.example/", audience: "kafka"));
        yield return Bearer(nodes, protocol, "for another audience", issuer.Token("alice", audience: "elsewhere"));
        yield return Bearer(nodes, protocol, "of nobody", issuer.Token("carol", audience: "kafka"));
    }

    private static IEnumerable<LoginCell> Delegated(LoginNodes nodes, string protocol)
    {
        var issuer = nodes.Matrix.Issuer;
        foreach (var mechanism in new[] { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512" })
        {
            yield return Password(nodes, protocol, mechanism, "right", "alice", "alice-secret");
            yield return Password(nodes, protocol, mechanism, "right, linked", "bob", "bob-secret");
            yield return Password(nodes, protocol, mechanism, "wrong", "alice", "not-the-password");
            yield return Password(nodes, protocol, mechanism, "of nobody", "carol", "carol-secret");
        }

        yield return Bearer(nodes, protocol, "right", issuer.Token("alice", audience: "kafka"));
        yield return Bearer(nodes, protocol, "right, linked", issuer.Token("bob", audience: "kafka"));
        yield return Bearer(nodes, protocol, "expired", issuer.Token("alice", TimeSpan.FromMinutes(-5), audience: "kafka", age: TimeSpan.FromMinutes(10)));
        yield return Bearer(nodes, protocol, "of a foreign key", issuer.Token("alice", key: TestIssuer.NewKey("foreign"), audience: "kafka"));
        foreach (var (credentials, profile) in new[] { ("right", "alice"), ("wrong", "wrong") })
        {
            yield return Of(nodes, protocol, "AWS_MSK_IAM", credentials,
                ("sasl.mechanism", "AWS_MSK_IAM"), ("sasl.jaas.config", $"software.amazon.msk.auth.iam.IAMLoginModule required awsProfileName=\"{profile}\";"),
                ("sasl.client.callback.handler.class", "software.amazon.msk.auth.iam.IAMClientCallbackHandler")) with { Librdkafka = null };
        }
    }

    private static LoginCell Certified(LoginNodes nodes, string credentials, string file)
    {
        var cell = Of(nodes, "SSL", "MTLS", credentials, ("ssl.keystore.type", "PEM"), ("ssl.keystore.location", file));
        cell.Librdkafka!.SslCertificateLocation = cell.Librdkafka.SslKeyLocation = file;
        return cell;
    }

    private static LoginCell Password(LoginNodes nodes, string protocol, string mechanism, string credentials, string user, string password)
    {
        var module = mechanism == "PLAIN" ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        var cell = Of(nodes, protocol, mechanism, credentials,
            ("sasl.mechanism", mechanism), ("sasl.jaas.config", $"org.apache.kafka.common.security.{module} required username=\"{user}\" password=\"{password}\";"));
        cell.Librdkafka!.SaslMechanism = mechanism switch { "PLAIN" => SaslMechanism.Plain, "SCRAM-SHA-256" => SaslMechanism.ScramSha256, _ => SaslMechanism.ScramSha512 };
        (cell.Librdkafka.SaslUsername, cell.Librdkafka.SaslPassword) = (user, password);
        return cell;
    }

    private static LoginCell Bearer(LoginNodes nodes, string protocol, string credentials, string token)
    {
        var file = Path.Combine(nodes[protocol].Folder, Guid.NewGuid() + ".jwt");
        File.WriteAllText(file, token);
        var cell = Of(nodes, protocol, "OAUTHBEARER", credentials,
            ("sasl.mechanism", "OAUTHBEARER"), ("sasl.login.callback.handler.class", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler"),
            ("sasl.oauthbearer.token.endpoint.url", new Uri(file).AbsoluteUri), ("sasl.jaas.config", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"));
        cell.Librdkafka!.SaslMechanism = SaslMechanism.OAuthBearer;
        return cell with { Token = token };
    }

    private static LoginCell Of(LoginNodes nodes, string protocol, string mechanism, string credentials, params (string Name, string Value)[] more)
    {
        var (node, kind) = (nodes[protocol], protocol.Replace("DELEGATED_", "", StringComparison.Ordinal));
        var authority = Path.Combine(nodes.Folder, "ca.pem");
        var java = new Dictionary<string, string> { ["bootstrap.servers"] = $"127.0.0.1:{node.PortStart}", ["security.protocol"] = kind };
        if (kind.EndsWith("SSL", StringComparison.Ordinal))
        {
            (java["ssl.truststore.type"], java["ssl.truststore.location"]) = ("PEM", authority);
        }

        if (kind == "SSL" && credentials != "right")
        {
            // It sees nothing but closed connections, and goes on until then.
            java["default.api.timeout.ms"] = "15000";
        }

        foreach (var (name, value) in more)
        {
            java[name] = value;
        }

        return new LoginCell(protocol, mechanism, credentials, java, new ClientConfig
        {
            BootstrapServers = $"127.0.0.1:{node.PortStart}",
            SecurityProtocol = Enum.Parse<SecurityProtocol>(kind.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
            SslCaLocation = kind.EndsWith("SSL", StringComparison.Ordinal) ? authority : null,
        });
    }
}
