using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>Raw sessions at a node under test.</summary>
internal static class RawSessions
{
    extension(RawSession)
    {
        /// <summary>Null: the node refused the login.</summary>
        public static Task<RawSession?> TryOpenAsync(GatewayUnderTest node, Login login) => RawSession.TryPlainAsync(node.Bootstrap, login.Username, login.Password);

        /// <summary>Null: the node refused the access token.</summary>
        public static Task<RawSession?> TryOpenAsync(GatewayUnderTest node, string accessToken) => RawSession.TryBearerAsync(node.Bootstrap, accessToken);

        public static async Task<RawSession> OpenAsync(GatewayUnderTest node, Login login) =>
            await RawSession.TryOpenAsync(node, login) ?? throw new InvalidOperationException($"{node.Name} refuses {login.Username} of {login.VirtualCluster}.");
    }
}
