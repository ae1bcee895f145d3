namespace PartnerPlatform.Web.Parts;

/// <summary>What a status means to the person who reads it.</summary>
public enum Tone
{
    Good,
    Waiting,
    Bad,
    Off,
}
