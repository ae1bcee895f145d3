using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.AccessControl;

public static class AccessControlSetup
{
    public static void AddAccessControl(this StoreOptions options)
    {
        options.AddStream<AccessControlList>(
            (typeof(AccessControlOpened), "access_control_opened"),
            (typeof(AccessGranted), "access_granted"),
            (typeof(AccessRevoked), "access_revoked"),
            (typeof(AccessControlClosed), "access_control_closed"));
        options.Schema.For<AccessControlList>().Index(x => x.VirtualClusterId);
    }
}
