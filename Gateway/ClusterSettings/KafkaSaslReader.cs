namespace PartnerPlatform.ClusterSettings;

/// <summary>Reads one cluster's SASL mechanism and its JAAS string.</summary>
internal static class KafkaSaslReader
{
    private const string Jaas = "sasl.jaas.config";
    private const string Endpoint = "sasl.oauthbearer.token.endpoint.url";

    private static readonly Dictionary<string, string> Modules = new(StringComparer.Ordinal)
    {
        ["PLAIN"] = "PlainLoginModule",
        ["SCRAM-SHA-256"] = "ScramLoginModule",
        ["SCRAM-SHA-512"] = "ScramLoginModule",
        ["OAUTHBEARER"] = "OAuthBearerLoginModule",
        ["AWS_MSK_IAM"] = "IAMLoginModule",
        ["GSSAPI"] = "Krb5LoginModule",
    };

    /// <summary>Callback handlers whose work the gateway does itself; any other would be Java code, which it cannot run.</summary>
    private static readonly string[] Handlers = ["OAuthBearerLoginCallbackHandler", "IAMClientCallbackHandler"];

    public static SaslOptions Read(KafkaProperties properties, AwsEnvironment aws)
    {
        var rule = $"one of {string.Join(", ", Modules.Keys)} is allowed";
        var mechanism = properties.Required("sasl.mechanism", rule);
        var module = Modules.GetValueOrDefault(mechanism) ?? throw properties.Wrong("sasl.mechanism", rule);
        foreach (var handler in new[] { "sasl.login.callback.handler.class", "sasl.client.callback.handler.class" })
        {
            if (properties.Optional(handler) is { } name && !Handlers.Contains(name[(name.LastIndexOf('.') + 1)..]))
            {
                throw properties.Wrong(handler, $"one of {string.Join(", ", Handlers)} is allowed, others are Java code");
            }
        }

        if (mechanism != "OAUTHBEARER" && properties.Given("sasl.oauthbearer.").FirstOrDefault(p => properties.Optional(p) is not null) is { } unused)
        {
            throw new InvalidSettingException($"{properties.NameOf(unused)} is set, but {properties.NameOf("sasl.mechanism")} is {mechanism}: OAUTHBEARER is needed with it.");
        }

        var options = Options(properties, mechanism, module);
        SaslOptions sasl = mechanism switch
        {
            "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512" => Password(options, mechanism),
            "OAUTHBEARER" => OAuthBearer(properties, options),
            "AWS_MSK_IAM" => MskIam(options, aws),
            _ => Gssapi(properties, options),
        };
        options.RefuseRest();
        return sasl;
    }

    private static ModuleOptions Options(KafkaProperties properties, string mechanism, string module)
    {
        var rule = $"{module} required ...; is needed for {mechanism}";
        try
        {
            var jaas = JaasConfig.Parse(properties.Required(Jaas, rule));
            return jaas.SimpleName == module ? new ModuleOptions(properties, jaas.Options) : throw properties.Wrong(Jaas, $"it names another login module, {rule}");
        }
        catch (InvalidJaasException e)
        {
            throw new InvalidSettingException($"{properties.NameOf(Jaas)} {e.Message}; {rule}.");
        }
    }

    private static PasswordOptions Password(ModuleOptions options, string mechanism)
    {
        var isToken = mechanism != "PLAIN" && options.Flag("tokenauth", false);
        return new PasswordOptions(mechanism, options.Required("username"), new Secret(options.Required("password")), isToken);
    }

    private static OAuthBearerOptions OAuthBearer(KafkaProperties properties, ModuleOptions options)
    {
        var url = properties.Required(Endpoint, "the issuer's token endpoint, for client credentials");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || !(endpoint.Scheme == "https" || (endpoint.Scheme == "http" && endpoint.IsLoopback)))
        {
            throw properties.Wrong(Endpoint, "an absolute URL by https is needed (http for loopback addresses only)");
        }

        // Kafka 4.1 gave these properties of their own (KIP-1139); before, they were options of the login module.
        string Either(string property, string option) => properties.Optional(property) is { } value
            ? options.Optional(option) is null ? value : throw new InvalidSettingException($"{properties.NameOf(property)} and the option {option} of {properties.NameOf(Jaas)} are both set: one of them is allowed.")
            : options.Required(option);
        var clientId = Either("sasl.oauthbearer.client.credentials.client.id", "clientId");
        var secret = Either("sasl.oauthbearer.client.credentials.client.secret", "clientSecret");
        var extensions = options.TakeAll("extension_");
        if (extensions.FirstOrDefault(e => e.Key == "auth" || e.Key.Any(c => !char.IsAsciiLetter(c)) || e.Value.Any(c => c is not (>= ' ' and <= '~' or '\r' or '\n' or '\t'))).Key is { } bad)
        {
            throw properties.Wrong(Jaas, $"the extension {bad} has a name or value that RFC 7628 does not allow");
        }

        return new OAuthBearerOptions(endpoint, clientId, new Secret(secret), properties.Optional("sasl.oauthbearer.scope") ?? options.Optional("scope"), extensions);
    }

    private static MskIamOptions MskIam(ModuleOptions options, AwsEnvironment aws)
    {
        options.Optional("awsDebugCreds");
        var (arn, session, externalId) = (options.Optional("awsRoleArn"), options.Optional("awsRoleSessionName"), options.Optional("awsRoleExternalId"));
        return arn is null && (session ?? externalId) is not null
            ? throw options.Wrong("awsRoleSessionName and awsRoleExternalId need the option awsRoleArn")
            : new MskIamOptions(options.Optional("awsProfileName"), aws, arn is null ? null : new AwsRole(arn, session ?? "partnerplatform-gateway", externalId));
    }

    private static GssapiOptions Gssapi(KafkaProperties properties, ModuleOptions options)
    {
        // What else the module can be told is about the inside of Java's implementation.
        foreach (var option in new[] { "storeKey", "debug", "doNotPrompt", "isInitiator", "refreshKrb5Config", "renewTGT", "useFirstPass", "tryFirstPass", "storePass", "clearPass" })
        {
            options.Optional(option);
        }

        var service = options.Optional("serviceName");
        var name = properties.Optional("sasl.kerberos.service.name");
        if (service is not null && name is not null && service != name)
        {
            throw properties.Wrong("sasl.kerberos.service.name", $"the option serviceName of {properties.NameOf(Jaas)} says another");
        }

        var (keyTab, principal, cache) = (options.Optional("keyTab"), options.Optional("principal"), options.Flag("useTicketCache", false));
        var useKeyTab = options.Flag("useKeyTab", keyTab is not null);
        service ??= name ?? properties.Required("sasl.kerberos.service.name", "first part of the brokers' principals, usually kafka");
        return (useKeyTab, cache) switch
        {
            (true, false) => new GssapiOptions(service, keyTab ?? throw options.Wrong("useKeyTab needs the option keyTab"), principal ?? throw options.Wrong("useKeyTab needs the option principal")),
            (false, true) => new GssapiOptions(service, null, principal),
            _ => throw options.Wrong("useKeyTab=true with keyTab and principal, or useTicketCache=true is needed"),
        };
    }

    /// <summary>Options of the login module that nobody asked for are refused: a misspelt one would be ignored otherwise.</summary>
    private sealed class ModuleOptions(KafkaProperties properties, IReadOnlyDictionary<string, string> options)
    {
        private readonly Dictionary<string, string> _left = new(options, StringComparer.Ordinal);
        private readonly List<string> _allowed = [];

        public string? Optional(string name)
        {
            _allowed.Add(name);
            return _left.Remove(name, out var value) && value.Length > 0 ? value : null;
        }

        public string Required(string name) => Optional(name) ?? throw Wrong($"the option {name} is missing");

        public bool Flag(string name, bool defaultValue) =>
            Optional(name) is not { } text ? defaultValue : bool.TryParse(text, out var value) ? value : throw Wrong($"the option {name} must be true or false");

        public Dictionary<string, string> TakeAll(string prefix)
        {
            _allowed.Add(prefix + "*");
            var taken = _left.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(o => o.Key[prefix.Length..], o => o.Value, StringComparer.Ordinal);
            foreach (var name in taken.Keys)
            {
                _left.Remove(prefix + name);
            }

            return taken;
        }

        public void RefuseRest()
        {
            if (_left.Keys.FirstOrDefault() is { } name)
            {
                throw Wrong($"the option {name} is not known; allowed are {string.Join(", ", _allowed.Distinct())}");
            }
        }

        public InvalidSettingException Wrong(string rule) => properties.Wrong(Jaas, rule);
    }
}
