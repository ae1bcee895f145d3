using System.Collections.Frozen;

namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Request and response of one API.</summary>
public sealed record ApiDefinition(MessageDefinition Request, MessageDefinition Response)
{
    public ApiKey Key => (ApiKey)Request.Key;

    public string Name => Key.ToString();

    /// <summary>Header version of a request: 2 has tagged fields.</summary>
    public short RequestHeaderVersion(short version) => Request.IsFlexible(version) ? (short)2 : (short)1;

    /// <summary>Header version of a response: 1 has tagged fields. ApiVersions stays at 0, so that any client can read it.</summary>
    public short ResponseHeaderVersion(short version) => Key != ApiKey.ApiVersions && Response.IsFlexible(version) ? (short)1 : (short)0;
}

/// <summary>All messages that the gateway knows, read once from the definitions built into the program.</summary>
public static class Definitions
{
    static Definitions()
    {
        var assembly = typeof(Definitions).Assembly;
        var messages = assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("Definitions/", StringComparison.Ordinal))
            .SelectMany(n =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                return DefinitionParser.Parse(reader.ReadToEnd(), n);
            })
            .ToDictionary(m => m.Name);
        ConsumerSubscription = messages["ConsumerProtocolSubscription"];
        ConsumerAssignment = messages["ConsumerProtocolAssignment"];
        Apis = messages.Values
            .Where(m => m.Key >= 0 && m.Name.EndsWith("Request", StringComparison.Ordinal))
            .ToFrozenDictionary(m => (ApiKey)m.Key, m => new ApiDefinition(m, messages[m.Name[..^"Request".Length] + "Response"]));
    }

    public static FrozenDictionary<ApiKey, ApiDefinition> Apis { get; }

    public static MessageDefinition ConsumerSubscription { get; }

    public static MessageDefinition ConsumerAssignment { get; }
}
