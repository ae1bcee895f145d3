using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Sessions;

[GraphQLMetadata(Name = "Session")]
[Description("A live client connection, as its node last reported it: at most a few seconds ago.")]
public sealed class SessionView(SessionRow row)
{
    [Id]
    [Description("Unique while the node's process lives.")]
    public string Id => row.Place;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Node that serves it.")]
    public string Node => row.Node;

    [Description("Name of the virtual cluster.")]
    public string VirtualCluster => row.VirtualCluster;

    [Description("Name of the service account.")]
    public string ServiceAccount => row.ServiceAccount;

    [Description("SASL mechanism of its login.")]
    public string Mechanism => row.Session.Mechanism;

    [Description("What the client calls itself.")]
    public string? ClientId => row.Session.Client.ClientId;

    [Description("Client library.")]
    public string? ClientSoftwareName => row.Session.Client.SoftwareName;

    [Description("Version of the client library.")]
    public string? ClientSoftwareVersion => row.Session.Client.SoftwareVersion;

    [Description("IP address that it comes from.")]
    public string Address => row.Session.Client.Address;

    [Description("When it logged in.")]
    public DateTimeOffset Since => row.Session.Since;

    [Description("Bytes from the client.")]
    public long BytesIn => row.Session.BytesIn;

    [Description("Bytes to the client.")]
    public long BytesOut => row.Session.BytesOut;
}

[GraphQLMetadata(Name = "LoginAttempt")]
[Description("Logins of a client that came to the same; never what was sent.")]
public sealed class LoginAttemptView(FiledAttempt attempt)
{
    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Node that saw the last of them.")]
    public string Node => attempt.Node;

    [Description("When; the last of them.")]
    public DateTimeOffset At => attempt.At;

    [Description("How many they were, as far as they are remembered.")]
    public int Count => attempt.Count;

    [Description("When the first of them was, as far as they are remembered.")]
    public DateTimeOffset Since => attempt.Since;

    [Description("Account that the client claimed to be; null when its credentials did not say.")]
    public string? ServiceAccount => attempt.Account;

    [Description("SASL mechanism.")]
    public string Mechanism => attempt.Mechanism;

    [Description("IP address that it came from.")]
    public string Address => attempt.Client.Address;

    [Description("What the client calls itself.")]
    public string? ClientId => attempt.Client.ClientId;

    [Description("Client library.")]
    public string? ClientSoftwareName => attempt.Client.SoftwareName;

    [Description("Version of the client library.")]
    public string? ClientSoftwareVersion => attempt.Client.SoftwareVersion;

    [Description("True: it logged in.")]
    public bool Succeeded => attempt.Code == LoginCodes.Succeeded;

    [Description("Stable name of what it came to.")]
    public string Code => attempt.Code;

    [Description("What that means, and what to do.")]
    public string Text => LoginTexts.Of(attempt.Code);
}

[Description("Which live sessions.")]
public sealed class SessionFilter
{
    [Description("Only of this virtual cluster.")]
    public string? VirtualCluster { get; set; }

    [Description("Only of accounts of this name.")]
    public string? ServiceAccount { get; set; }

    [Description("Only on this node. Not for partner admins.")]
    public string? Node { get; set; }

    public SessionSelection Of(Caller caller) => new(VirtualCluster, ServiceAccount, caller.MaySee(null) ? Node : null);
}

public sealed class SessionQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("Live client connections by node, the newest 2,000 of each.")]
    public static async Task<Connection<SessionView>> Sessions(
        [FromServices] LiveSessions sessions, IResolveFieldContext context, SessionFilter? filter = null, int first = 50, string? after = null)
    {
        Paging.Check(first);
        var caller = context.User!.ToCaller();
        var rows = await sessions.List(caller, (filter ?? new()).Of(caller), Paging.Decode(after), first + 1, context.CancellationToken);
        return Paging.Page(rows, first, r => new SessionView(r), r => r.Place);
    }

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("The last logins to a virtual cluster, newest first: why a client was refused.")]
    public static async Task<IReadOnlyList<LoginAttemptView>> LoginAttempts(
        [FromServices] Reading reading, [FromServices] LoginAttempts attempts, IResolveFieldContext context,
        [Description("Name of the virtual cluster.")] string virtualCluster,
        [Description("Only of this account.")] string? serviceAccount = null, int first = 50)
    {
        Paging.Check(first);
        var cluster = await reading.Get<VirtualCluster>(context, Claim.VirtualCluster(virtualCluster), "virtual cluster", virtualCluster);
        return [.. (await attempts.Newest(cluster.Name, serviceAccount, first, context.CancellationToken)).Select(a => new LoginAttemptView(a))];
    }

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("The last logins that belong to no virtual cluster, newest first.")]
    public static async Task<IReadOnlyList<LoginAttemptView>> StrayLoginAttempts(
        [FromServices] LoginAttempts attempts, IResolveFieldContext context, int first = 50)
    {
        Paging.Check(first);
        return [.. (await attempts.Newest(null, null, first, context.CancellationToken)).Select(a => new LoginAttemptView(a))];
    }

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Logins that were refused since a moment; old attempts are forgotten, so within the last hours only.")]
    public static Task<long> RefusedLogins(
        [FromServices] LoginAttempts attempts, IResolveFieldContext context, [Description("From this moment on.")] DateTimeOffset since) =>
        attempts.RefusedSince(since, context.CancellationToken);
}
