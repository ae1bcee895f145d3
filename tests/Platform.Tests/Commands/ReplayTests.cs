using CsCheck;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.Tests.Hosting;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Tests.Commands;

/// <summary>Whatever is commanded in whatever order: the state is what its events say, also after they went through JSON, and every event fits.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void Service_accounts_replay_to_the_same_state() => Replays<ServiceAccount>(
        new ServiceAccountCreated("s-1", "vc-1", "acme", "app", ServiceAccountKind.Local, "org-1"),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Int[0, 400]).Select((kind, token, second) =>
        {
            var ask = Given.Ask with { At = Given.Now.AddSeconds(second) };
            return new Func<ServiceAccount, Decision>(state => kind switch
            {
                0 => ServiceAccountDecider.Decide(new IssueToken(ask, $"t-{token}-{state.Tokens.Count}-{second}", "acme", "app", TimeSpan.FromSeconds(10 + token)), state),
                1 => ServiceAccountDecider.Decide(new RevokeToken(ask, state.Tokens.ElementAtOrDefault(token)?.Id ?? "none"), state),
                2 => ServiceAccountDecider.Decide(new RevokeTokens(ask, "acme", "app"), state),
                _ => token == 0 ? ServiceAccountDecider.Decide(new RevokeServiceAccount(ask, "acme", "app"), state) : Decision.Nothing,
            });
        }));

    [Fact]
    public void Virtual_clusters_replay_to_the_same_state() => Replays<VirtualCluster>(
        new VirtualClusterCreated("vc-1", "team", VirtualClusterKind.Standard, "p-1", "main", true, [], null),
        Gen.Int[0, 8].Select(kind => new Func<VirtualCluster, Decision>(state => kind switch
        {
            < 4 => VirtualClusterDecider.Decide(new SuspendVirtualCluster(Given.Ask, "team"), state),
            < 8 => VirtualClusterDecider.Decide(new ResumeVirtualCluster(Given.Ask, "team"), state),
            _ => VirtualClusterDecider.Decide(new RemoveVirtualCluster(Given.Ask, "team"), state),
        })));

    [Fact]
    public void Access_control_replays_to_the_same_state() => Replays<AccessControlList>(
        new AccessControlOpened("acl-1", "vc-1", "acme", "org-1"),
        Gen.Select(Gen.Bool, Gen.Int[0, 5].List[1, 4]).Select((grant, names) =>
        {
            var bindings = names.Select(n => new AclBinding("TOPIC", $"t{n}", "LITERAL", "User:a", "*", "READ", "ALLOW")).ToList();
            return new Func<AccessControlList, Decision>(state => grant
                ? AccessControlDecider.Decide(new GrantAccess(Given.Ask, "acme", bindings), state)
                : AccessControlDecider.Decide(new RevokeAccess(Given.Ask, "acme", bindings), state));
        }));

    [Fact]
    public void Physical_clusters_replay_to_the_same_state() => Replays<PhysicalCluster>(
        new PhysicalClusterRegistered("p-1", "main"),
        Gen.Int[0, 400].List[0, 5].Select(brokers => new Func<PhysicalCluster, Decision>(state =>
            PhysicalClusterDecider.Decide(new AllocateSlots(Given.Ask, "p-1", brokers), state, state.Slots.Count))));

    [Fact]
    public void Partner_zones_replay_to_the_same_state_and_their_status_tells_what_is_missing() => Replays<PartnerZone>(
        new PartnerZoneCreated("z-1", "acme", "org-1", "vc-1", "acme", "p-1", "main", "acme-admin"),
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6], Gen.Bool).Select((kind, topic, yes) => new Func<PartnerZone, Decision>(state => kind switch
        {
            0 => PartnerZoneDecider.Decide(new ShareTopic(Given.Ask, "acme", new TopicToShare($"a-{state.Topics.Count}-{topic}-{state.Version}", $"t{topic}", $"p{topic}", SharePermission.Read)), state, yes),
            1 => PartnerZoneDecider.Decide(new WithdrawTopic(Given.Ask, "acme", $"t{topic}"), state),
            2 => PartnerZoneDecider.Decide(new SuspendPartnerZone(Given.Ask, "acme"), state),
            3 => PartnerZoneDecider.Decide(new ResumePartnerZone(Given.Ask, "acme"), state),
            _ => PartnerZoneDecider.Decide(new CompletePartnerZone(Given.Ask, "z-1", yes), state, new HashSet<string> { $"p{topic}" }),
        })), zone => zone.Status == PartnerZoneStatus.Ready == zone.Topics.All(t => t.Ready));

    private static void Replays<T>(object created, Gen<Func<T, Decision>> commands, Func<T, bool>? always = null) where T : class, IState<T> =>
        commands.List[0, 30].Sample(list =>
        {
            List<object> events = [created];
            var state = Fold.All<T>(null, events)!;
            foreach (var command in list)
            {
                var decision = command(state);
                events.AddRange(decision.Events);
                state = Fold.All(state, decision.Events)!;
            }

            var stored = events.Select(e => System.Text.Json.JsonSerializer.Deserialize(
                System.Text.Json.JsonSerializer.Serialize(e, e.GetType(), ContractJson.Options), e.GetType(), ContractJson.Options)!);
            return Given.Json(Fold.All<T>(null, stored)!) == Given.Json(state) && always?.Invoke(state) != false;
        }, iter: 500);
}
